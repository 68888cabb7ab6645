// Repeatable randomness: the same seed gives the same cases on every machine.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  // A whole number of 32 bits (xorshift over a Weyl sequence).
  #next() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return (x ^ (x >>> 15)) >>> 0;
  }

  below(limit) {
    return this.#next() % limit;
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // One of the makers, by weight: [[weight, maker]...].
  choose(weighted) {
    let left = this.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of weighted) {
      if (left < weight) return make();
      left -= weight;
    }
    throw new Error('weights do not add up');
  }

  list(count, make) {
    return Array.from({ length: count }, make);
  }

  shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; --i) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}
