// Waiting with deadlines. No test sleeps: it awaits what must happen, and fails when it does not.
// GANTRY_TEST_PATIENCE multiplies every deadline (slow machines, sanitizers).

export const patience = Number(process.env.GANTRY_TEST_PATIENCE ?? 1) || 1;

const kPollMs = 5;

export class Overdue extends Error {}

// Calls `probe` until it gives something truthy, and returns that. A throw of the probe counts as
// "not yet"; its message is shown when the deadline passes.
export async function eventually(what, probe, within_ms = 5000) {
  const deadline = performance.now() + within_ms * patience;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const why = last ? `: ${last.message}` : '';
      throw new Overdue(`waited ${within_ms * patience} ms in vain for ${what}${why}`);
    }
    await new Promise((resolve) => setTimeout(resolve, kPollMs));
  }
}

export async function within(what, within_ms, promise) {
  let timer;
  const overdue = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Overdue(
      `waited ${within_ms * patience} ms in vain for ${what}`)), within_ms * patience);
  });
  try {
    return await Promise.race([promise, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

// For what must NOT happen: there is no other way than to give it a moment.
export function moment(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
