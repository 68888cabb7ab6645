// Every measurement, in the order in which they run.

import * as backlog from './backlog.mjs';
import * as busy from './busy.mjs';
import * as fan_out from './fan_out.mjs';
import * as growth from './growth.mjs';
import * as hostile from './hostile.mjs';
import * as hot_reads from './hot_reads.mjs';
import * as list_forms from './list_forms.mjs';
import * as memory from './memory.mjs';
import * as messages from './messages.mjs';
import * as new_scripts from './new_scripts.mjs';
import * as records from './records.mjs';
import * as scripts from './scripts.mjs';
import * as sending from './sending.mjs';
import * as stale from './stale.mjs';
import * as starting from './starting.mjs';

export const all_goals = [hot_reads, starting, list_forms, stale, sending, busy, memory, growth, messages, scripts, new_scripts, fan_out, backlog, records, hostile];
