/** Version of the numerics; changes when a number can change. Printed with every result. */
export const ENGINE_VERSION = "1.3.0";
