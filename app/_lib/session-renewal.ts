let renewing = false;

/** While a session is being replaced or ended, requests of the old one fail; that is no reason to send the person to sign in. */
export function isRenewingSession(): boolean {
  return renewing;
}

/** Marks the time from the request that ends the old session to the arrival of the new one. */
export async function renewSession<T>(work: () => Promise<T>): Promise<T> {
  renewing = true;
  try {
    return await work();
  } finally {
    renewing = false;
  }
}
