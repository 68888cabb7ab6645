const DESC_MAX_LENGTH = 40;
const JIRA_URL = 'https://jira.example';
function stripDesc(str) { return str.length > DESC_MAX_LENGTH ? str.slice(0, DESC_MAX_LENGTH) + '...' : str; }
function prepareAttachment({ issue, user }, text) {
  const issueType = issue.fields.issuetype, res = { author_name: user.displayName, title: `${issue.key}: ${issue.fields.summary}`, title_link: `${JIRA_URL}/browse/${issue.key}` };
  if (text) { res.text = text; }
  res.fields = [{ title: 'Type', value: issueType.name, short: true }];
  return res;
}
class Script {
  process_incoming_request({ request }) {
    const data = request.content;
    if (data.webhookEvent === 'jira:issue_created') { return { content: { attachments: [prepareAttachment(data, `*Created*\n${stripDesc(data.issue.fields.description || '')}`)] } }; }
    if (data.changelog) {
      const logs = data.changelog.items.filter((item) => item.field !== 'description').map((item) => {
        const field = item.field.replace(/^\w/, (c) => c.toUpperCase());
        return `*${field}* changed from _${stripDesc(item.fromString || 'none')}_ to _${item.toString && item['toString'] instanceof Function ? item.toStr : item['toString']}_`;
      });
      return logs.length ? { content: { attachments: [prepareAttachment(data, logs.join('\n'))] } } : undefined;
    }
    return { error: { success: false, message: 'Unhandled' } };
  }
}
