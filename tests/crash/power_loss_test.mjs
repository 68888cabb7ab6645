// The power fails under load: what was not synced is gone, wholly or in part.
// runner: minutes 20

import { test_campaign } from './short_form.mjs';

test_campaign('the power fails', { memory: 'lost', address: '127.0.0.3',
               covers: ['integrations 12/durable-1', 'integrations 16/order'] });
