class Script {
  process_incoming_request() {
    function plain() { return this === global; }
    const arrow = () => this instanceof Script;
    const that = (function () { this.leaked = 5; return typeof this; })();
    return [plain(), arrow(), that, leaked, [1].map(function () { return this === undefined; })];
  }
}
