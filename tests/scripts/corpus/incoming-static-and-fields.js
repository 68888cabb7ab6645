class Script {
  static prefix = '>> ';
  count = 10;
  #hidden = 5;
  get total() { return this.count + this.#hidden; }
  process_incoming_request({ request }) { this.count += request.content.n; return Script.prefix + this.total; }
}
