// The scripts of the measurements, as people write them: a class with the documented methods.

// Turns a build's report into words.
export const incoming_script = `
class Script {
  process_incoming_request({ request }) {
    const build = request.content;
    const failed = build.steps.filter((step) => !step.passed).map((step) => step.name);
    const text = failed.length ? \`\${build.project} #\${build.number} failed: \${failed.join(', ')}\` : \`\${build.project} #\${build.number} passed\`;
    if (build.quiet) return;
    return { content: { text, attachments: [{ color: failed.length ? '#c00' : '#0c0', text: build.author.toUpperCase() }] } };
  }
}
`;

export const build_report = (changes = {}) => ({
  project: 'gantry', number: 17, author: 'ada', branch: 'main', seconds: 42.5, ...changes,
  steps: ['configure', 'compile', 'link', 'unit tests', 'api tests', 'package'].map((name, at) => ({ name, passed: at !== 3, seconds: at * 1.5 })),
});

// Asks another service with a body made of the message.
export const outgoing_script = `
class Script {
  prepare_outgoing_request({ request }) {
    const words = request.data.text.split(' ').filter((word) => word.length > 2);
    return {
      url: request.url,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Room': request.data.channel_name },
      data: { question: words.join('+'), asked_by: request.data.user_name, number: words.length },
    };
  }
}
`;
