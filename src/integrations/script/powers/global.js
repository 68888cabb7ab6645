// global: the other name of globalThis.
$gantry.define('global', globalThis);
