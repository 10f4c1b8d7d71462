/**
 * Does the work after so many milliseconds, but not before everything that has come in until then is read: where the
 * machine is so busy that this process wakes late, silence was not what it heard. Returns what calls it off.
 */
export function patiently(work: () => void, milliseconds: number): () => void {
  let last: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    last = setImmediate(work);
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
}
