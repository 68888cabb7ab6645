// The server is killed under load; the machine lives on, so what was written is there.
// runner: minutes 20

import { test_campaign } from './short_form.mjs';

test_campaign('the process dies', { memory: 'kept', address: '127.0.0.2',
               covers: ['integrations 12/durable-1', 'integrations 16/order'] });
