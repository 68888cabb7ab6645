/* Turns what a build server reports into a message: {project, number, passed, seconds}. */

class Script {
  process_incoming_request({ request }) {
    const { project, number, passed, seconds } = request.content;
    if (!project) {
      return { error: { success: false, message: 'tell which project was built' } };
    }
    const verdict = passed ? 'passed' : 'FAILED';
    return {
      content: {
        text: `Build ${number} of *${project}* ${verdict}`,
        attachments: [{
          color: passed ? '#2e9e5b' : '#c0392b',
          fields: [{ short: true, title: 'Took', value: `${seconds || '?'} s` }],
        }],
      },
    };
  }
}
