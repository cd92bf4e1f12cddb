// Where this person answers is kept in the browser, for one desk may be at home and the other in the office.

const PHONE = "frontdesk-phone";

// "" for the page itself
export function phone() {
  return localStorage.getItem(PHONE) ?? "";
}

// button: names the place, and asks for another one; onChange: told the number
export function answerAt(button, onChange) {
  const name = () => (button.textContent = phone() ? `Answer on ${phone()}` : "Answer here");
  button.addEventListener("click", () => {
    const number = prompt("The number or sip: address that rings with callers for you. Leave it empty to answer on this page.", phone());
    if (number === null) return;
    localStorage.setItem(PHONE, number.trim().slice(0, 100));
    name();
    onChange(phone());
  });
  name();
}
