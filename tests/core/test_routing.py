"""Where webhooks go, and which legs share one order."""

from telnyx_emulator.core.routing import Session, WebhookOverride


def test_a_later_override_replaces_what_it_names_and_keeps_the_rest():
    first = WebhookOverride("http://a", "GET", {"call.hangup": ("http://h",)}, "GET", {"call.hangup": (100,)})
    later = WebhookOverride(urls={"call.answered": ("http://x",)}, retries={"call.answered": (200,)})
    assert first.then(later) == WebhookOverride(
        "http://a",
        "GET",
        {"call.hangup": ("http://h",), "call.answered": ("http://x",)},
        "POST",
        {"call.hangup": (100,), "call.answered": (200,)},
    )


def test_a_later_url_comes_with_its_own_method():
    merged = WebhookOverride("http://a", "GET", {"call.hangup": ("http://h",)}, "GET").then(WebhookOverride("http://b"))
    assert (merged.url, merged.method, merged.urls_method) == ("http://b", "POST", "GET")


def test_merged_sessions_have_one_root_however_they_were_merged():
    sessions = [Session(str(n)) for n in range(5)]
    for left, right in [(0, 1), (2, 3), (1, 3), (3, 0), (4, 2)]:
        sessions[left].merge(sessions[right])
    assert len({session.root().id for session in sessions}) == 1


def test_sessions_that_have_nothing_to_do_with_one_another_stay_apart():
    one, other = Session("1"), Session("1")
    assert one.root() is not other.root()
