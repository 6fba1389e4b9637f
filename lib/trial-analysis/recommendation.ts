export interface SimulatedLevel {
  readonly control: number;
  readonly experimental: number;
  readonly law: string;
  readonly trials: number | null;
  readonly level: number;
}
export type SimulatedLevels = Readonly<Record<string, Readonly<Record<string, readonly SimulatedLevel[]>>>>;
