// Intl and the toLocale* methods, in American English as V8 prints by default. Other languages are
// taken and printed as American English; time zones follow today's rules for the common ones.
(() => {
  'use strict';
  const { define, define_methods, find_zone, fields_of } = $gantry;
  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const CURRENCIES = {
    USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', BRL: 'R$', CAD: 'CA$',
    AUD: 'A$', MXN: 'MX$', NZD: 'NZ$', ILS: '₪', VND: '₫', TWD: 'NT$', HKD: 'HK$', PHP: '₱',
  };
  const WHOLE_CURRENCIES = ['JPY', 'KRW', 'VND', 'CLP', 'ISK'];

  const two = (number) => String(number).padStart(2, '0');
  const DATE_STYLES = {
    full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
    long: { year: 'numeric', month: 'long', day: 'numeric' },
    medium: { year: 'numeric', month: 'short', day: 'numeric' },
    short: { year: '2-digit', month: 'numeric', day: 'numeric' },
  };
  const TIME_STYLES = {
    full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' },
    long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
    medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
    short: { hour: 'numeric', minute: '2-digit' },
  };
  const DATE_KEYS = ['weekday', 'year', 'month', 'day'];
  const TIME_KEYS = ['hour', 'minute', 'second', 'fractionalSecondDigits', 'dayPeriod'];

  // needed: what the caller wants at least; defaults: what is printed when nothing is asked for.
  const resolve_date_options = (options, needed, defaults) => {
    const asked = { ...(options ?? {}) };
    if (asked.timeZone !== undefined) asked.timeZone = find_zone(asked.timeZone);
    const refused = needed === 'date' ? 'timeStyle' : needed === 'time' ? 'dateStyle' : undefined;
    if (refused && asked[refused] !== undefined) throw new TypeError(`Invalid option : ${refused}`);
    if (asked.dateStyle !== undefined || asked.timeStyle !== undefined) {
      const { dateStyle, timeStyle, timeZone, hour12, hourCycle } = asked;
      return { ...DATE_STYLES[dateStyle], ...TIME_STYLES[timeStyle], timeZone, hour12, hourCycle, has_at: timeStyle !== undefined && (dateStyle === 'full' || dateStyle === 'long') };
    }
    const has = (keys) => keys.some((key) => asked[key] !== undefined);
    const is_enough = (needed !== 'time' && has(DATE_KEYS)) || (needed !== 'date' && has(TIME_KEYS));
    if (!is_enough) {
      if (defaults !== 'time') Object.assign(asked, { year: 'numeric', month: 'numeric', day: 'numeric' });
      if (defaults !== 'date') Object.assign(asked, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
    }
    return asked;
  };

  const date_part = (options, fields) => {
    const { weekday, month, day, year } = options;
    const day_name = weekday && (weekday === 'long' ? DAYS[fields.weekday] : DAYS[fields.weekday].slice(0, weekday === 'narrow' ? 1 : 3));
    const day_text = day && (day === '2-digit' ? two(fields.day) : `${fields.day}`);
    const year_text = year && (year === '2-digit' ? two(fields.year % 100) : `${fields.year}`);
    if (month && month !== 'numeric' && month !== '2-digit') {
      const name = month === 'long' ? MONTHS[fields.month] : MONTHS[fields.month].slice(0, month === 'narrow' ? 1 : 3);
      let text = day_text ? `${name} ${day_text}` : name;
      if (year_text) text += day_text ? `, ${year_text}` : ` ${year_text}`;
      return day_name ? `${day_name}, ${text}` : text;
    }
    const month_text = month && (month === '2-digit' ? two(fields.month + 1) : `${fields.month + 1}`);
    const text = [month_text, day_text, year_text].filter(Boolean).join('/');
    if (!day_name) return text;
    if (!text) return day_name;
    return !month_text && !year_text ? `${text} ${day_name}` : `${day_name}, ${text}`;
  };

  const time_part = (options, fields) => {
    const { hour, minute, second, fractionalSecondDigits } = options;
    const half_day = options.hour12 ?? (options.hourCycle === undefined || /^h1[12]$/.test(options.hourCycle));
    const parts = [];
    if (hour) {
      // Compat: hour12:false counts midnight as 24, as V8 does for American English.
      const full = options.hour12 === false && options.hourCycle === undefined && fields.hour === 0 ? 24 : fields.hour;
      const number = half_day ? fields.hour % 12 || 12 : full;
      parts.push(hour === '2-digit' || !half_day ? two(number) : `${number}`);
    }
    if (minute) parts.push(hour || second ? two(fields.minute) : `${fields.minute}`);
    if (second || fractionalSecondDigits) {
      const fraction = fractionalSecondDigits ? `.${String(fields.ms).padStart(3, '0').slice(0, fractionalSecondDigits)}` : '';
      parts.push((minute ? two(fields.second) : `${fields.second}`) + fraction);
    }
    const text = parts.join(':');
    return hour && half_day ? `${text} ${fields.hour < 12 ? 'AM' : 'PM'}` : text;
  };

  const print_date = (time, options) => {
    if (Number.isNaN(time)) return 'Invalid Date';
    const fields = fields_of(time, options.timeZone);
    const date = date_part(options, fields);
    const clock = time_part(options, fields);
    const long_month = options.month && options.month !== 'numeric' && options.month !== '2-digit';
    let text = date;
    if (clock) {
      const only_weekday = options.weekday && !options.month && !options.day && !options.year;
      const joint = only_weekday ? ' ' : options.has_at || (long_month && options.month === 'long' && !options.has_at) ? ' at ' : ', ';
      text = date ? date + joint + clock : clock;
    }
    if (options.timeZoneName) {
      const name = options.timeZoneName === 'long' ? fields.long : fields.short;
      text = clock ? `${text} ${name}` : `${text}, ${name}`;
    }
    return text;
  };

  // The shortest decimal digits of a number, [whole, fraction], moved by `places` to the left.
  const decimal = (size, places = 0) => {
    const [digits, exponent = '0'] = String(size).split('e');
    const [whole, fraction = ''] = digits.split('.');
    const all = whole + fraction;
    const point = whole.length + Number(exponent) + places;
    if (point <= 0) return ['0', '0'.repeat(-point) + all];
    const padded = all.padEnd(point, '0');
    return [padded.slice(0, point).replace(/^0+(?=\d)/, ''), padded.slice(point)];
  };

  // Rounds away from zero at the half, with `digits` of fraction at most.
  const round_text = ([whole, fraction], digits) => {
    if (fraction.length <= digits) return fraction ? `${whole}.${fraction}` : whole;
    const up = fraction[digits] >= '5';
    const number = (BigInt(whole + fraction.slice(0, digits)) + (up ? 1n : 0n)).toString().padStart(digits + 1, '0');
    whole = number.slice(0, number.length - digits);
    return digits ? `${whole}.${number.slice(number.length - digits)}` : whole;
  };

  const group = (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ',');

  const digits_in = (value, name, low, high, otherwise) => {
    if (value === undefined) return otherwise;
    const number = Number(value);
    if (!(number >= low && number <= high)) throw new RangeError(`${name} value is out of range.`);
    return Math.floor(number);
  };

  const resolve_number_options = (options) => {
    const asked = options ?? {};
    const style = asked.style ?? 'decimal';
    if (style === 'currency' && asked.currency === undefined) throw new TypeError('Currency code is required with currency style.');
    const currency = asked.currency === undefined ? undefined : `${asked.currency}`.toUpperCase();
    const usual = style === 'currency' ? (WHOLE_CURRENCIES.includes(currency) ? 0 : 2) : 0;
    const usual_max = style === 'currency' ? usual : style === 'percent' ? 0 : asked.notation === 'compact' ? 0 : 3;
    let min = digits_in(asked.minimumFractionDigits, 'minimumFractionDigits', 0, 100, undefined);
    let max = digits_in(asked.maximumFractionDigits, 'maximumFractionDigits', 0, 100, undefined);
    if (min !== undefined && max !== undefined && min > max) throw new RangeError('maximumFractionDigits value is out of range.');
    min ??= Math.min(usual, max ?? usual);
    max ??= Math.max(usual_max, min);
    return {
      style, currency, min, max,
      whole_min: digits_in(asked.minimumIntegerDigits, 'minimumIntegerDigits', 1, 21, 1),
      significant: digits_in(asked.maximumSignificantDigits, 'maximumSignificantDigits', 1, 21, undefined),
      significant_min: digits_in(asked.minimumSignificantDigits, 'minimumSignificantDigits', 1, 21, undefined),
      grouping: asked.useGrouping !== false && asked.useGrouping !== 'false',
      compact: asked.notation === 'compact', sign: asked.signDisplay ?? 'auto',
      display: asked.currencyDisplay ?? 'symbol', unit: asked.unit,
      rounds_compact: asked.maximumFractionDigits === undefined && asked.maximumSignificantDigits === undefined,
    };
  };

  const COMPACT = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']];
  const UNITS = { byte: ' byte', kilobyte: ' kB', megabyte: ' MB', gigabyte: ' GB', second: ' sec', minute: ' min', hour: ' hr', day: ' day', percent: '%', celsius: '°C', kilometer: ' km', meter: ' m', kilogram: ' kg' };

  const print_size = (size, options) => {
    let suffix = '';
    let max = options.max;
    if (options.compact) {
      const step = COMPACT.find(([least]) => Math.round(size) >= least);
      if (step) {
        size /= step[0];
        suffix = step[1];
      }
      if (options.rounds_compact) max = size < 100 && size !== 0 ? Math.max(0, 1 - Math.floor(Math.log10(size))) : 0;
    }
    const is_significant = options.significant !== undefined || options.significant_min !== undefined;
    let text;
    if (is_significant) {
      text = size === 0 ? '0' : round_text(decimal(Number(size.toPrecision(options.significant ?? 21))), 100);
      const has = size === 0 ? 1 : text.replace('.', '').replace(/^0+/, '').length;
      const missing = (options.significant_min ?? 1) - has;
      if (missing > 0) text += (text.includes('.') ? '' : '.') + '0'.repeat(missing);
    } else {
      text = round_text(decimal(size, options.style === 'percent' ? 2 : 0), max);
    }
    let [whole, fraction = ''] = text.split('.');
    if (!is_significant) {
      while (fraction.length > options.min && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
      fraction = fraction.padEnd(options.min, '0');
    }
    whole = whole.padStart(options.whole_min, '0');
    if (options.grouping) whole = group(whole);
    return (fraction ? `${whole}.${fraction}` : whole) + suffix;
  };

  const print_number = (value, options) => {
    const is_big = typeof value === 'bigint';
    const negative = is_big ? value < 0n : value < 0 || Object.is(value, -0);
    let text;
    if (is_big) text = options.grouping ? group(`${negative ? -value : value}`) : `${negative ? -value : value}`;
    else if (Number.isNaN(value)) text = 'NaN';
    else if (!Number.isFinite(value)) text = '∞';
    else text = print_size(Math.abs(value), options);
    if (options.style === 'percent') text += '%';
    if (options.style === 'unit') {
      const unit = UNITS[options.unit] ?? ` ${options.unit}`;
      text += ['byte', 'day'].includes(options.unit) && text !== '1' && unit.startsWith(' ') ? `${unit}s` : unit;
    }
    if (options.style === 'currency') {
      const symbol = options.display === 'code' ? options.currency : CURRENCIES[options.currency] ?? options.currency;
      text = (/^[A-Z]{3}$/.test(symbol) && /^\d/.test(text) ? `${symbol}\u00a0` : symbol) + text;
    }
    const is_zero = /^[^1-9∞]*$/.test(text);
    if (negative && options.sign !== 'never' && !(is_zero && options.sign === 'exceptZero')) return `-${text}`;
    if (options.sign === 'always' || (options.sign === 'exceptZero' && !is_zero)) return `+${text}`;
    return text;
  };

  const get_time = Date.prototype.getTime;
  const time_of = (value) => (value === undefined ? Date.now() : value instanceof Date ? get_time.call(value) : Number(value));

  // As dictionaries sort: letters first, then accents, then lower before upper case.
  const letters_of = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  const rank = (c) => (/[0-9]/.test(c) ? 2 : /\p{L}/u.test(c) ? 3 : /\s/.test(c) ? 0 : 1);
  const PUNCTUATION = '_-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$';
  const place = (c) => {
    const at = PUNCTUATION.indexOf(c);
    return at < 0 ? PUNCTUATION.length + c.codePointAt(0) : at;
  };
  const compare_plain = (a, b, numeric) => {
    const x = [...a], y = [...b];
    let i = 0, j = 0;
    while (i < x.length && j < y.length) {
      if (numeric && rank(x[i]) === 2 && rank(y[j]) === 2) {
        let m = '', n = '';
        while (i < x.length && rank(x[i]) === 2) m += x[i++];
        while (j < y.length && rank(y[j]) === 2) n += y[j++];
        const difference = BigInt(m) - BigInt(n);
        if (difference) return difference < 0n ? -1 : 1;
        continue;
      }
      if (x[i] !== y[j]) {
        const by_kind = rank(x[i]) - rank(y[j]);
        return (by_kind || (rank(x[i]) === 1 ? place(x[i]) - place(y[j]) : x[i] < y[j] ? -1 : 1)) < 0 ? -1 : 1;
      }
      i++;
      j++;
    }
    return Math.sign(x.length - i - (y.length - j));
  };
  const compare_texts = (a, b, options) => {
    const sensitivity = options?.sensitivity ?? 'variant';
    const by_letters = compare_plain(letters_of(a), letters_of(b), Boolean(options?.numeric));
    if (by_letters || sensitivity === 'base') return by_letters;
    if (sensitivity !== 'case') {
      const x = a.toLowerCase().normalize('NFD'), y = b.toLowerCase().normalize('NFD');
      if (x !== y) return x < y ? -1 : 1;
      if (sensitivity === 'accent') return 0;
    }
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] !== b[i]) return a[i] === a[i].toLowerCase() ? -1 : 1;
    }
    return 0;
  };

  class DateTimeFormat {
    #options;
    constructor(_locales, options) {
      this.#options = resolve_date_options(options, 'any', 'date');
      this.format = (value) => {
        const time = time_of(value);
        if (Number.isNaN(time)) throw new RangeError('Invalid time value');
        return print_date(time, this.#options);
      };
      Object.defineProperty(this, 'format', { enumerable: false });
    }
    formatToParts(value) { return [{ type: 'literal', value: this.format(value) }]; }
    resolvedOptions() {
      return { locale: 'en-US', calendar: 'gregory', numberingSystem: 'latn', timeZone: this.#options.timeZone ?? 'UTC' };
    }
    static supportedLocalesOf(locales) { return [].concat(locales ?? []); }
  }

  class NumberFormat {
    #options;
    constructor(_locales, options) {
      this.#options = resolve_number_options(options);
      this.format = (value) => print_number(typeof value === 'bigint' ? value : Number(value), this.#options);
      Object.defineProperty(this, 'format', { enumerable: false });
    }
    formatToParts(value) { return [{ type: 'literal', value: this.format(value) }]; }
    resolvedOptions() { return { locale: 'en-US', numberingSystem: 'latn', style: this.#options.style }; }
    static supportedLocalesOf(locales) { return [].concat(locales ?? []); }
  }

  class Collator {
    constructor(_locales, options) {
      this.compare = (a, b) => compare_texts(`${a}`, `${b}`, options);
      Object.defineProperty(this, 'compare', { enumerable: false });
    }
    resolvedOptions() { return { locale: 'en-US', usage: 'sort', sensitivity: 'variant' }; }
  }

  class PluralRules {
    #ordinal;
    constructor(_locales, options) { this.#ordinal = options?.type === 'ordinal'; }
    select(number) {
      if (!this.#ordinal) return number === 1 ? 'one' : 'other';
      const ten = number % 10, hundred = number % 100;
      if (ten === 1 && hundred !== 11) return 'one';
      if (ten === 2 && hundred !== 12) return 'two';
      return ten === 3 && hundred !== 13 ? 'few' : 'other';
    }
  }

  // Intl.DateTimeFormat() works without new, as in V8.
  const callable = (Class) => new Proxy(Class, { apply: (_target, _self, given) => new Class(...given) });
  const Intl = {};
  define_methods(Intl, {
    DateTimeFormat: callable(DateTimeFormat), NumberFormat: callable(NumberFormat),
    Collator: callable(Collator), PluralRules,
    getCanonicalLocales: (locales) => [].concat(locales ?? []),
  });
  Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  define('Intl', Intl);

  define_methods(Number.prototype, {
    toLocaleString(_locales, options) { return print_number(Number(this), resolve_number_options(options)); },
  });
  define_methods(BigInt.prototype, {
    toLocaleString(_locales, options) { return print_number(BigInt(this), resolve_number_options(options)); },
  });
  define_methods(String.prototype, {
    localeCompare(other, _locales, options) { return compare_texts(`${this}`, `${other}`, options); },
  });
  const zone_suffix = (date) => ` (${fields_of(date.getTime(), undefined).long})`;
  const engine_to_string = Date.prototype.toString;
  const engine_to_time_string = Date.prototype.toTimeString;
  define_methods(Date.prototype, {
    toLocaleString(_locales, options) { return print_date(get_time.call(this), resolve_date_options(options, 'any', 'all')); },
    toLocaleDateString(_locales, options) { return print_date(get_time.call(this), resolve_date_options(options, 'date', 'date')); },
    toLocaleTimeString(_locales, options) { return print_date(get_time.call(this), resolve_date_options(options, 'time', 'time')); },
    toString() {
      const text = engine_to_string.call(this);
      return Number.isNaN(get_time.call(this)) ? text : text + zone_suffix(this);
    },
    toTimeString() {
      const text = engine_to_time_string.call(this);
      return Number.isNaN(get_time.call(this)) ? text : text + zone_suffix(this);
    },
  });
})();
