/** Libraries without types, used only to check our own numbers. */
declare module "cephes" {
  const cephes: {
    readonly compiled: Promise<void>;
    ndtr(x: number): number;
    ndtri(p: number): number;
    stdtr(degreesOfFreedom: number, t: number): number;
    incbet(a: number, b: number, x: number): number;
  };
  export default cephes;
}

declare module "jstat" {
  export const jStat: { readonly chisquare: { cdf(x: number, degreesOfFreedom: number): number } };
}
