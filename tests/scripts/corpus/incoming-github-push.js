/* exported Script */
const color = '#6498CC';
function short(id) { return id.substring(0, 7); }
class Script {
  process_incoming_request({ request }) {
    const { commits, pusher, repository, ref, compare } = request.content;
    if (!commits || !commits.length) { return; }
    const branch = ref.replace('refs/heads/', '');
    const lines = commits.map((c) => `[\`${short(c.id)}\`](${c.url}) ${c.message.split('\n')[0]} - ${c.author.name}`);
    return {
      content: {
        username: 'github',
        attachments: [{
          author_name: pusher.name, title: `${repository.full_name}:${branch}`, title_link: compare,
          text: lines.join('\n'), color,
          fields: [{ title: 'Commits', value: String(commits.length), short: true }]
        }]
      }
    };
  }
}
