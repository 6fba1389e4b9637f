import type { DossierRecord } from "../../lib/dossier/dossier-record.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import { auditHash, CHAIN_START } from "../../server/audit/audit-chain.ts";

type Frame = Pick<DossierRecord, "createdAtUtc" | "timing" | "environment" | "members" | "audit" | "changes">;

/** The parts of a record that come from people and machines, not from data: invented here. */
export function dossierFrame(): Frame {
  return {
    createdAtUtc: "2026-03-09T14:05:11Z",
    timing: { planFrozenAtUtc: "2026-03-02T12:00:00Z", outcomesFirstAccessedAtUtc: "2026-03-03T09:30:00Z" },
    environment: {
      appVersion: "0.1.0",
      gitCommit: "0123456789abcdef0123456789abcdef01234567",
      lockHash: sha256Hex("lock"),
      node: "v22.23.3",
      operatingSystem: "Linux 6.1 x64",
    },
    members: [
      { name: "Ada Admin", role: "admin" },
      { name: "Sten Statistician", role: "statistician" },
      { name: "Rita Regulatory", role: "regulatory" },
      { name: "Sam Sponsor", role: "sponsor" },
    ],
    audit: inventedAudit(),
    changes: [{ version: 1, atUtc: "2026-03-09T14:05:11Z", what: "First version" }],
  };
}

function inventedAudit(): DossierRecord["audit"] {
  const actions = [
    "study.create",
    "plan.lock",
    "dataset.import",
    "model.train",
    "twins.generate",
    "sizing.save",
    "simulation.run",
    "dossier.build",
  ];
  const events: DossierRecord["audit"]["events"] = [];
  let previousHash = CHAIN_START;
  for (const [index, action] of actions.entries()) {
    const body = {
      sequence: index + 1,
      atUtc: `2026-03-0${1 + index}T10:00:00Z`,
      actor: "Sten Statistician",
      role: "statistician",
      action,
      subject: "study",
      change: `${actions[index - 1] ?? "none"} → ${action}`,
      reason: "planned step",
      previousHash,
    };
    const hash = auditHash(body);
    events.push({ ...body, hash });
    previousHash = hash;
  }
  return { events, total: events.length, headSequence: events.length, headHash: previousHash };
}
