import asyncio
from email.message import EmailMessage

from bot.appointments.model import Appointment, Customer, Slot
from bot.outbound.letter import letter
from bot.outbound.mail import MailLine
from bot.outbound.model import Outcome, Reminder
from tests.fakes_diary import NOW, clinic, local

MARIA = Customer(1, "Maria Jones", "+442079460001", email="maria@example.org")
SLOT = Slot("checkup", "anna", "harbour", local(2026, 3, 3, 14), local(2026, 3, 3, 14, 30))
REMINDER = Reminder(7, "clinic", MARIA, NOW, Appointment(3, "12345", MARIA, SLOT), tries=2)
OFFER = Reminder(8, "clinic", MARIA, NOW, offer=SLOT, tries=1)


class Post:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.delivered: list[tuple[str, EmailMessage]] = []

    async def deliver(self, mail: EmailMessage, name: str) -> None:
        if self.error:
            raise self.error
        self.delivered.append((name, mail))


def ring(post: Post, reminder: Reminder = REMINDER) -> Outcome:
    return asyncio.run(MailLine(post, lambda: {"clinic": clinic()}, "desk@example.org", lambda: NOW).ring(reminder))


def test_a_reminder_says_who_what_when_where_and_brings_a_calendar_entry():
    mail = letter(clinic(), REMINDER, "desk@example.org", NOW)
    assert mail["To"] == "maria@example.org"
    assert mail["Subject"] == "Your appointment on Tuesday 3 March 2026 at 14:00"
    text = mail.get_body().get_content()
    for part in ("Maria Jones", "Test Clinic", "Check-up with Anna Berg", "14:00 to 14:30", "1 Quay", "12345"):
        assert part in text
    [calendar] = mail.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert b"clinic-3@frontdesk" in calendar.get_content().encode()


def test_an_offer_says_what_has_become_free():
    mail = letter(clinic(), OFFER, "desk@example.org", NOW)
    assert "waiting list" in mail.get_content()
    assert "+442071234567" in mail.get_content()


def test_each_attempt_has_a_name_of_its_own():
    post = Post()
    assert ring(post) is Outcome.SENT
    [(name, mail)] = post.delivered
    assert name == "clinic-7-2"
    assert mail["Message-ID"] == "<reminder-clinic-7-2@frontdesk>"


def test_whoever_left_no_address_cannot_be_reached_this_way():
    nobody = Customer(1, "Maria", "+44")
    assert ring(Post(), Reminder(7, "clinic", nobody, NOW, offer=SLOT)) is Outcome.NO_ADDRESS


def test_a_business_that_joins_while_we_run_sends_mail_too_and_one_that_left_sends_none():
    businesses, post = {}, Post()
    line = MailLine(post, lambda: businesses, "desk@example.org", lambda: NOW)
    assert asyncio.run(line.ring(REMINDER)) is Outcome.NO_ADDRESS
    businesses["clinic"] = clinic()
    assert asyncio.run(line.ring(REMINDER)) is Outcome.SENT


def test_a_server_that_refuses_is_a_failed_attempt_and_not_an_error():
    assert ring(Post(OSError("connection refused"))) is Outcome.FAILED


def test_an_address_with_a_line_break_cannot_smuggle_in_a_header():
    sly = Customer(1, "Maria", "+44", email="a@example.org\nBcc: everybody@example.org")
    assert ring(Post(), Reminder(7, "clinic", sly, NOW, offer=SLOT)) is Outcome.FAILED


def test_a_zone_of_the_moment_is_in_the_date_line():
    assert letter(clinic(), OFFER, "d@example.org", NOW)["Date"] == "Mon, 02 Mar 2026 08:00:00 +0000"


def test_what_the_business_no_longer_offers_is_named_by_its_id():
    gone = clinic(services={}, staff={}, branches={})
    text = letter(gone, REMINDER, "desk@example.org", NOW).get_body().get_content()
    assert "checkup with anna" in text
    assert "harbour" in text
