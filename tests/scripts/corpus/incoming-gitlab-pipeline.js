const COLORS = { success: '#2faa60', failed: '#d22852', running: '#1f78d1' };
const icon = (status) => { switch (status) { case 'success': return ':white_check_mark:'; case 'failed': return ':x:'; default: return ':hourglass:'; } };
class Script {
  process_incoming_request({ request }) {
    try {
      let result = null;
      switch (request.headers['x-gitlab-event']) {
        case 'Pipeline Hook': result = this.pipelineEvent(request.content); break;
        case 'Push Hook': result = this.pushEvent(request.content); break;
        default: result = this.unknownEvent(request.headers['x-gitlab-event']); break;
      }
      return result;
    } catch (e) {
      console.log('gitlabevent error', e);
      return { error: { success: false, message: e.message || e } };
    }
  }
  pipelineEvent(data) {
    const { object_attributes: { status, duration = 0, ref }, project, user: { name } = {} } = data;
    const minutes = Math.floor(duration / 60), seconds = duration % 60;
    return { content: { text: `${icon(status)} ${project.path_with_namespace}@${ref} ${status} in ${minutes}m ${seconds}s (${name})`, attachments: [{ color: COLORS[status] }] } };
  }
  pushEvent(data) { return { content: { text: data.commits.length + ' commits by ' + data.user.name } }; }
  unknownEvent(event) { return { content: { username: 'gitlab', text: 'Unknown event: ' + event } }; }
}
