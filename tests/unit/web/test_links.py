from bot.web.links import Links, RingPage


def test_an_invitation_opens_the_desk_once() -> None:
    links = Links("key")
    invitation = links.invitation("agent")
    assert links.invited_as(invitation) == "agent"
    assert links.accept(invitation)
    assert not links.accept(invitation)
    assert links.invited_as(invitation) == ""


def test_an_invitation_that_led_to_nothing_is_good_again() -> None:
    links = Links("key")
    invitation = links.invitation("agent")
    assert links.accept(invitation)
    links.give_back(invitation)
    assert links.invited_as(invitation) == "agent"
    links.give_back("nonsense")
    assert links.accept(invitation)


def test_an_invitation_of_an_earlier_start_opens_nothing() -> None:
    assert not Links("key").accept(Links("key").invitation("admin"))


def test_a_session_lasts_over_a_restart_but_not_over_another_key() -> None:
    session = Links("key").session(7, "own")
    assert Links("key").read_session(session) == (7, "own")
    assert Links("another").read_session(session) is None


def test_one_kind_of_link_does_not_pass_for_another() -> None:
    links = Links("key")
    page, answer = links.ring_page("customer"), links.answer("reminder")
    assert links.read_ring_page(answer) is None
    assert links.read_answer(page) == ""
    assert links.read_session(links.invitation("admin")) is None
    assert not links.accept(links.session(7, "own"))
    assert links.read_ring_order(answer) is None


def test_nonsense_is_no_link() -> None:
    links = Links("key")
    for token in ("", ".", "a.b.c", "\x00", "ü" * 50):
        assert links.read_session(token) is None
        assert links.read_ring_page(token) is None


def test_a_ring_page_rings_for_its_own_customer_or_reminder_only() -> None:
    page = RingPage(customer="c1")
    assert page.rings_for("c1", "r1")
    assert not page.rings_for("c2", "r1")
    assert not page.rings_for("", "")
    assert RingPage(reminder="r1").rings_for("anyone", "r1")
    assert not RingPage().rings_for("", "")
