/* Asks the picture service for what follows the trigger word and posts the picture it names. */

const FRAME_COLOUR = '#3a7bd5';

class Script {
  prepare_outgoing_request({ request }) {
    const { data } = request;
    const wish = data.text.slice(data.trigger_word.length).trim();

    request.headers['apiKey'] = data.token;
    return {
      url: request.url,
      method: 'POST',
      headers: request.headers,
      data: { format: 'gif', sentence: wish },
    };
  }

  process_outgoing_response({ request, response }) {
    const address = response.content.gif;
    if (!address) {
      return { content: { text: `Nothing to show for "${request.data.sentence}", sorry.` } };
    }
    return {
      content: {
        attachments: [{ image_url: address, color: FRAME_COLOUR }],
      },
    };
  }
}
