class Script {
  process_outgoing_response({ request, response }) {
    var text = [];
    response.content.forEach(function (pr) { text.push('> ' + pr.state + ' [#' + pr.number + '](' + pr.html_url + ') - ' + pr.title); });
    return { content: { text: text.join('\n'), parseUrls: false } };
  }
}
