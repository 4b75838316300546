"""What takes virtual time on a leg or in a conference, as generators that know nothing of commands."""
