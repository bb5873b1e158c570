/** Seeded random numbers: the same seed gives the same numbers on every machine. */

export interface Random {
  /** From 0 to just below 1. */
  fraction(): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  /** True with this probability, 0..1. */
  chance(probability: number): boolean;
  /** @throws {RangeError} when there is nothing to pick from. */
  pick<T>(list: readonly T[]): T;
  /** An independent generator for one purpose: its draws never change those of another. */
  fork(purpose: string): Random;
}

export function seededRandom(seed: number | string): Random {
  const text = String(seed);
  const next = sequence(hash(text));
  return {
    fraction: next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (list) => {
      const picked = list[Math.floor(next() * list.length)];
      if (picked === undefined) throw new RangeError('picking from an empty list');
      return picked;
    },
    fork: (purpose) => seededRandom(`${text}/${purpose}`),
  };
}

/** A Weyl sequence through a strong 32-bit mixer: short, fast, and uniform enough for a simulation. */
function sequence(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x9e37_79b9) | 0;
    return mix(state) / 0x1_0000_0000;
  };
}

function hash(text: string): number {
  let sum = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x0100_0193);
  }
  return mix(sum);
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x21f0_aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a_2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
