var Colors = { firing: '#ff0000', resolved: '#00ff00' };
class Script {
  process_incoming_request({ request }) {
    console.log(request.content);
    var alertColor = Colors[request.content.status] || 'warning';
    let finFields = [];
    for (i = 0; i < request.content.alerts.length; i++) {
      var endVal = request.content.alerts[i];
      var elem = { title: 'alertname: ' + endVal.labels.alertname, value: '*instance:* ' + endVal.labels.instance, short: false };
      finFields.push(elem);
      if (!!endVal.annotations.summary) { finFields.push({ title: 'summary', value: endVal.annotations.summary }); }
    }
    return { content: { username: 'Prometheus Alert', attachments: [{ color: alertColor, title_link: request.content.externalURL, title: 'Prometheus notification', fields: finFields }] } };
  }
}
