import { DomainError } from "../errors/domain-error.ts";
import { canonicalJson } from "../numerics/canonical-json.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import { createGaussianJointModel, type GaussianJointModel } from "./gaussian-joint/gaussian-joint-model.ts";
import { type FrozenModel, frozenModelSchema, type TrainedModel } from "./model-document.ts";
import {
  byOutcomeTwinPredictor,
  gaussianTwinPredictor,
  stackTwinPredictor,
  type TwinPredictor,
} from "./twin-predictor.ts";

/**
 * Seals a trained model: its hash is the SHA-256 of the canonical JSON of everything else.
 *
 * @param content - All fields but the hash; plain JSON.
 */
export function freezeModel(content: Omit<TrainedModel, "hash">): TrainedModel {
  return { ...content, hash: contentHash(content) };
}

/**
 * Reads a frozen model and refuses one that was changed after freezing.
 *
 * @param input - Parsed JSON.
 * @returns The model document, its hash verified over the text as it came (unknown fields count as changes).
 * @throws DomainError INVALID_INPUT listing every field at fault, or naming the hash that does not match.
 */
export function parseFrozenModel(input: unknown): FrozenModel {
  const parsed = frozenModelSchema.safeParse(input);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "document"}: ${issue.message}`);
    throw new DomainError("INVALID_INPUT", {
      argument: "model",
      received: issues.join("; "),
      requirement:
        'must be a frozen model of format "understudy-model/1", "understudy-model/2" or "understudy-model/3"',
      hint: "Use the model file as training wrote it.",
    });
  }
  const actual = contentHash(input as object);
  if (actual !== parsed.data.hash) {
    throw new DomainError("INVALID_INPUT", {
      argument: "model.hash",
      received: parsed.data.hash,
      requirement: `must be the SHA-256 of the model's canonical content, ${actual}`,
      hint: "The file was changed after the model was frozen; train again or use the original file.",
    });
  }
  return parsed.data;
}

/**
 * The joint law behind a frozen document, ready to predict: support of twins, nearest patients, simulated trials.
 *
 * @param document - From {@link parseFrozenModel} or training; its hash is not checked again.
 */
export function openFrozenModel(document: FrozenModel): GaussianJointModel {
  return createGaussianJointModel(document.parameters);
}

/**
 * What makes the twins of a frozen document: the Gaussian joint model, the stack, or what models each type of endpoint.
 *
 * @param document - As for {@link openFrozenModel}.
 */
export function openTwinPredictor(document: FrozenModel): TwinPredictor {
  if (document.format === "understudy-model/1" || document.predictor.kind === "gaussian-joint") {
    return gaussianTwinPredictor(document.parameters);
  }
  const { predictor, parameters, endpoints, visits } = document;
  if (predictor.kind === "stack") return stackTwinPredictor(predictor, visits.length);
  return byOutcomeTwinPredictor(predictor, parameters.features, endpoints, visits.length);
}

function contentHash(document: object): string {
  const content = Object.fromEntries(Object.entries(document).filter(([key]) => key !== "hash"));
  return sha256Hex(canonicalJson(content));
}
