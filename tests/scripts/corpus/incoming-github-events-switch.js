const getLabels = (labels) => { let text = ''; labels.forEach((label) => { text += '`' + label.name + '` '; }); return text.trim(); };
const githubEvents = {
  ping(request) { return { content: { text: ':thumbsup: ' + request.content.hook.id } }; },
  issues(request) {
    const user = request.content.sender;
    const actions = { opened: 'Opened', closed: 'Closed', reopened: 'Reopened', labeled: 'Labeled' };
    let body = request.content.issue.body;
    if (request.content.action === 'labeled') { body = 'Current labels: ' + getLabels(request.content.issue.labels); }
    return { content: { attachments: [{ author_icon: user.avatar_url, author_name: user.login, title: actions[request.content.action] + ' #' + request.content.issue.number, text: body, fields: [] }] } };
  },
};
class Script {
  process_incoming_request({ request }) {
    const header = request.headers['x-github-event'];
    if (githubEvents[header]) { return githubEvents[header](request); }
    return { error: { success: false, message: 'Unsupported method' } };
  }
}
