/** The time as Go's time.Time prints itself in UTC: `2026-11-21 10:07:31.123 +0000 UTC`. */
export function goTime(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  const fraction = text.slice(20, 23).replace(/0+$/, '');
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
}

/** The reading of Go's monotonic clock, as a time.Time prints it behind itself: `m=+12.345000000`, in seconds. */
export function goDuration(milliseconds: number): string {
  return `m=${milliseconds < 0 ? '-' : '+'}${(Math.abs(milliseconds) / 1000).toFixed(9)}`;
}
