/**
 * What is being done, for the reader.
 *
 * @param outline - Number of control patients and of parts.
 * @param done - Parts done; fractions while some run.
 */
export function trainingMessage(
  outline: { readonly controls: number; readonly parts: readonly unknown[] },
  done: number,
): string {
  const { parts, controls } = outline;
  if (done >= parts.length) return "Comparing methods";
  return done < 1
    ? `Training on ${controls} control patients`
    : `Training, and predicting patients the model has not seen: ${Math.floor(done)} of ${parts.length} fits`;
}
