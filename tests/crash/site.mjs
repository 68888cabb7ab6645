// Where the load of a crash test happens: three rooms with outgoing webhooks of different kinds,
// one without, and two incoming webhooks. A campaign opens a new site now and then, so that looking at everything stays
// quick.

const kRetries = { retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-ten', sendDeliveryId: true };

// Says something before each request, and counts in its Store how often it was served; each number
// may be given once.
const counting = `
class Script {
  prepare_outgoing_request({ request }) {
    return { url: request.url, method: 'POST', headers: request.headers, data: request.data,
             message: { text: 'prepared ' + request.data.message_id + ' ' + request.data.text } };
  }
  process_outgoing_response({ request, response }) {
    if (response.status_code !== 200) return undefined;
    const count = (Store.get('count') || 0) + 1;
    Store.set('count', count);
    return { content: { text: 'count ' + count + ' for ' + response.content.delivery } };
  }
}
`;

const telling = `
class Script {
  process_incoming_request({ request }) {
    return { content: { text: request.content.text }, response: { drawn: String(Math.random()) } };
  }
}
`;

let counter = 0;

// {rooms, unheard, outgoing: [{integration, room, paths, says, hears, retries}], incoming: [{integration, room, tells}]}:
// `says` is the kind of reply that a served delivery leads to, `hears` tells which texts trigger,
// `prepares` that each attempt says something first.
export async function open_site(w, target) {
  const name = `site-${++counter}-${process.pid}`;
  const rooms = [];
  for (const letter of ['a', 'b', 'c']) rooms.push(await w.create_channel({ name: `${name}-${letter}` }));
  const [replied, counted, quiet] = rooms;
  const outgoing = [];
  const add = async (room, paths, says, hears, changes) => {
    const integration = await w.create_outgoing({ ...kRetries, name: `${name}-${outgoing.length}`, channel: `#${room.name}`,
      urls: paths.map((path) => target.url(path)), runOnEdits: true, ...changes });
    outgoing.push({ integration, room, paths, says, hears, retries: kRetries.retryCount, prepares: says === 'count' });
  };
  await add(replied, [`/replied/${name}`], 'reply', (text) => !text.startsWith('reply'), { triggerWords: ['post', 'hook', 'edit'] });
  await add(replied, [`/quiet/${name}/chain`], undefined, (text) => text.startsWith('reply'), { triggerWords: ['reply'] });
  await add(counted, [`/counted/${name}`], 'count', () => true, { scriptEnabled: true, script: counting });
  await add(quiet, [`/quiet/${name}/1`, `/quiet/${name}/2`], undefined, () => true, {});
  const incoming = [];
  for (const [room, more] of [[replied, {}], [quiet, { scriptEnabled: true, script: telling }]]) {
    const integration = await w.create_incoming({ name: `${name}-in`, channel: `#${room.name}`, ...more });
    incoming.push({ integration, room });
  }
  return { rooms, unheard: await w.create_channel({ name: `${name}-unheard` }), outgoing, incoming };
}
