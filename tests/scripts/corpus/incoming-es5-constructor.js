function Script() { this.greeting = 'hello'; }
Script.prototype.process_incoming_request = function (data) {
  var self = this;
  return [1, 2].map(function (n) { return self.greeting + n + data.request.content.text; });
};
