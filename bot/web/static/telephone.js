// Telephone numbers as people read them aloud: country, then groups of three or four. Anything else stays as it is.

const COUNTRIES = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;

export function grouped(number) {
  const [, country, rest] = number.startsWith("+") ? (COUNTRIES.exec(number.slice(1)) ?? []) : [];
  if (rest) return `+${country} ${groups(rest)}`;
  return /^\d{7,}$/.test(number) ? groups(number) : number;
}

// Of three, from the left; the last has two to four digits.
function groups(digits) {
  const made = [];
  let left = digits;
  while (left.length > 4) {
    made.push(left.slice(0, 3));
    left = left.slice(3);
  }
  return [...made, left].join(" ");
}
