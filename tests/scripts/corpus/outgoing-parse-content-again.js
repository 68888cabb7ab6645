class Script {
  process_outgoing_response({ request, response }) {
    const weather = JSON.parse(response.content);
    const text = `${weather.name}: ${Math.round(weather.main.temp)} C ${weather.weather.map((w) => w.description).join(', ')}`;
    return { content: { text, parseUrls: false } };
  }
}
