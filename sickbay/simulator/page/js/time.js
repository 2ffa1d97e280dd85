/** Dates and times in the reader's own language and time zone, in the forms that Slack uses. */

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const TIME = format({ hour: "numeric", minute: "2-digit" });
const TIME_SECONDS = format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const CLOCK = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const NUMBER = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const PLAIN = format({ year: "numeric", month: "long", day: "numeric" });
const SHORT = format({ year: "numeric", month: "short", day: "numeric" });
const LONG = format({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const DAY = format({ weekday: "long", month: "long", day: "numeric" });
const FULL = format({ dateStyle: "full", timeStyle: "medium" });

/** A message's `ts` ("1700000000.000100") as a Date. */
export function dateOf(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

export const shortTime = (date) => TIME.format(date);
export const clockTime = (date) => CLOCK.format(date);
export const fullTime = (date) => FULL.format(date);

/** Whole local days from `date` to today: 0 today, 1 yesterday, -1 tomorrow. */
function daysAgo(date) {
  const midnight = (each) => new Date(each.getFullYear(), each.getMonth(), each.getDate());
  return Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
}

function relative(date, otherwise) {
  return { 0: "today", 1: "yesterday", "-1": "tomorrow" }[daysAgo(date)] ?? otherwise;
}

/** The words on the line between two days: "Today", "Yesterday", "Monday, January 5". */
export function dayName(date) {
  const words = relative(date, DAY.format(date));
  return words[0].toUpperCase() + words.slice(1);
}

export const dayKey = (date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;

/** "today at 9:41 AM", for the line that tells of a thread's last reply. */
export function dayAndTime(date) {
  return `${relative(date, SHORT.format(date))} at ${shortTime(date)}`;
}

/** "3 minutes ago"; the unit grows with the distance. */
export function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const units = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
  let value = seconds;
  for (const [unit, size] of units) {
    if (Math.abs(value) < size) return words.format(Math.round(value), unit);
    value /= size;
  }
  return "";
}

const TOKENS = {
  date_num: (date) => NUMBER.format(date),
  date: (date) => PLAIN.format(date),
  date_short: (date) => SHORT.format(date),
  date_long: (date) => LONG.format(date),
  date_pretty: (date) => relative(date, PLAIN.format(date)),
  date_short_pretty: (date) => relative(date, SHORT.format(date)),
  date_long_pretty: (date) => relative(date, LONG.format(date)),
  day_divider_pretty: (date) => relative(date, DAY.format(date)),
  time: (date) => TIME.format(date),
  time_secs: (date) => TIME_SECONDS.format(date),
  ago,
};

/**
 * Slack's date template, as in `<!date^1700000000^{date_short_pretty} at {time}|fallback>`.
 * A word for a day that opens the text begins with a capital letter. Null where a token is unknown or the time is no number.
 */
export function fillDateTemplate(seconds, template) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = template.replace(/\{(\w+)\}/g, (whole, token) => {
    if (TOKENS[token]) return TOKENS[token](date);
    known = false;
    return whole;
  });
  return known ? text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase()) : null;
}
