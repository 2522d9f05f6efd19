// Times as the formats write them, and as people read them: on China's clock.
//
// An instant is RFC 3339 in UTC with microseconds, so that the order of texts is that of times.

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,6})?(Z|([+-])([0-9]{2}):([0-9]{2}))$/;
const CHINA_MS = 8 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** Milliseconds since 1970 of a time in UTC to the second, or null where the calendar has none such. */
function milliseconds(text) {
  const time = Date.parse(`${text}Z`);
  const isOne = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  return isOne && !text.startsWith("0000") ? time : null;
}

export const isInstant = (text) => INSTANT.test(text) && milliseconds(text.slice(0, 19)) !== null;

/** The instant that is so many milliseconds after 1970. */
export const instant = (time) => new Date(time).toISOString().replace("Z", "000Z");

/** Milliseconds since 1970 of a time with its offset, or null. */
function spoken(text) {
  const found = TIME.exec(text);
  if (!found || (found[3] && !found[2])) return null;
  const [, minute, second, , , sign, hours, minutes] = found;
  const time = milliseconds(minute + (second ?? ":00"));
  const offset = sign ? (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
  if (time === null || offset >= DAY_MS) return null;
  return sign === "-" ? time + offset : time - offset;
}

/** Whether this is a day, or a minute or second with its offset. */
export function isMoment(text) {
  return DAY.test(text) ? milliseconds(`${text}T00:00:00`) !== null : spoken(text) !== null;
}

/** A time on China's clock, as precise as it was said; any other text as it is. */
export function asRead(text) {
  const time = spoken(text);
  if (time === null) return text;
  const local = new Date(time + CHINA_MS).toISOString();
  return local.slice(0, TIME.exec(text)[2] ? 19 : 16).replace("T", " ");
}
