import { expect, it } from "vitest";
import { fieldWords } from "../../app/studies/[studyId]/data/import/field-words.ts";

it.each([
  ["patient.column", "Patient"],
  ["time.column", "Time of a row"],
  ["endpoints", "Endpoint"],
  ["covariates.0", "Characteristic 1"],
  ["covariates.1.unit", "Characteristic 2, unit"],
  ["visits.2.windowFrom", "Planned visit 3, window from"],
  ["time.visits.0.visitId", "Time of a row, visits, 1, visit id"],
  ["endpoints.0.endpoint.label", "Endpoint 1, label"],
])("calls %s by the words of the form", (path, words) => {
  expect(fieldWords(path)).toBe(words);
});
