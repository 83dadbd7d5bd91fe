// Formats of strings as patterns: each matches some of the texts of its format and no other one.

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const group = '[0-9a-fA-F]{1,4}';
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const offset = '(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const time = `(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?${offset}`;
const day = '(?:0[1-9]|1\\d|2[0-8])';
const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const date = `(?:\\d{4}-(?:(?:0[1-9]|1[0-2])-${day}|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|${leapYear}-02-29)`;
const days = '(?:\\d{1,9}Y)?(?:\\d{1,9}M)?(?:\\d{1,9}D)?';
const hours = '(?:\\d{1,9}H)?(?:\\d{1,9}M)?(?:\\d{1,9}S)?';
const path = "(?:/(?:[a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})*)*";
const query = "(?:[a-zA-Z0-9._~!$&'()*+,;=:@/?-]|%[0-9a-fA-F]{2})*";

const ipv6 = [
  `(?:${group}:){7}${group}`,
  `(?:${group}:){1,7}:`,
  ...[6, 5, 4, 3, 2, 1].map((before) => `(?:${group}:){1,${before}}(?::${group}){1,${7 - before}}`),
  `:(?::${group}){1,7}`,
  '::',
].join('|');

export const formatPatterns: ReadonlyMap<string, string> = new Map([
  ['date', `^${date}$`],
  ['time', `^${time}$`],
  ['date-time', `^${date}T${time}$`],
  ['duration', `^P(?:\\d{1,9}W|(?=\\d|T\\d)${days}(?:T(?=\\d)${hours})?)$`],
  ['uuid', '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'],
  ['email', `^[a-zA-Z0-9_+-]+(?:\\.[a-zA-Z0-9_+-]+)*@(?:${label}\\.)+[a-zA-Z]{2,63}$`],
  ['hostname', `^${label}(?:\\.${label})*$`],
  ['ipv4', `^${octet}(?:\\.${octet}){3}$`],
  ['ipv6', `^(?:${ipv6})$`],
  // Of the kind that names a host; without punycode, ports and users.
  ['uri', `^https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\\.)+[a-z]{2,63}${path}(?:\\?${query})?(?:#${query})?$`],
]);
