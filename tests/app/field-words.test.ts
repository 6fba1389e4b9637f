import { expect, it } from "vitest";
import { fieldWords, neededWords } from "../../app/studies/[studyId]/data/import/field-words.ts";

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

it.each([
  ["endpoints.0.source", "too_small", "Endpoint 1: choose its column or parameter."],
  ["patient.column", "too_small", "Patient: choose its column."],
  ["arm.reason", "too_small", "Arm: say in a sentence why every patient counts as control."],
  ["visits.0.label", "too_small", "Planned visit 1, label: fill it in."],
  ["visits.0.id", "invalid_format", "Planned visit 1, id: letters only."],
])("says what %s still needs", (path, code, words) => {
  expect(neededWords({ path: path.split("."), code, message: "letters only" })).toBe(words);
});
