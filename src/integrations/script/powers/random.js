// Math.random: each run's state is a copy of one prepared memory, so the engine's own generator
// would repeat itself. Numbers come from the system instead.
(() => {
  'use strict';
  const { host, define_methods } = $gantry;
  define_methods(Math, {
    random() {
      const high = host.random() >>> 5;
      const low = host.random() >>> 6;
      return (high * 67108864 + low) / 9007199254740992;
    },
  });
})();
