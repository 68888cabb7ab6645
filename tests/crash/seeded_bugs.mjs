// The bugs that the server of the tests can be given, and the broken promise as which each shows.

const bug = (name, shows_as, memory = 'kept') => ({ bug: name, shows_as, memory });

export const seeded_bugs = [
  bug('outbox-apart', 'due and never made'),
  bug('reply-apart', 'replies doubled'),
  bug('reply-late', 'due and never made'),
  bug('store-apart', 'effects of scripts lost'),
  bug('key-apart', 'posted twice'),
  bug('retry-counted-twice', 'attempts miscounted'),
  bug('attempt-reused', 'attempts miscounted'),
  bug('retry-forgotten', 'due and never made'),
  bug('wait-forgotten', 'retried too early'),
  bug('lost-wake-up', 'due and never made'),
  bug('double-claim', 'attempts miscounted'),
  bug('order-dropped', 'order broken'),
  bug('ack-before-sync', 'acknowledged and missing', 'lost'),
];
