/** Whole numbers first, in order of size; then everything else, by character code. */
export function compareNames(first: string, second: string): number {
  const [firstNumber, secondNumber] = [first, second].map((name) => (/^\d{1,15}$/.test(name) ? Number(name) : null));
  if (firstNumber != null && secondNumber != null)
    return firstNumber - secondNumber || (first < second ? -1 : first > second ? 1 : 0);
  if (firstNumber != null) return -1;
  if (secondNumber != null) return 1;
  return first < second ? -1 : first > second ? 1 : 0;
}
