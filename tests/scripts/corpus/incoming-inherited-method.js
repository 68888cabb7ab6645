class Base { constructor(name) { this.name = name; } describe() { return 'base ' + this.name; } process_incoming_request() { return this.describe(); } }
class Script extends Base { constructor() { super('child'); } describe() { return super.describe() + '!'; } }
