// The fields of a date in a time zone: the server's own, or one of the common ones by today's rules
// for summer time.
(() => {
  'use strict';
  const { host } = $gantry;

  // Minutes east of Greenwich in winter, the rule of summer time, names.
  const zone = (minutes, rule, long, short = '') => ({ minutes, rule, long, short });
  const CENTRAL_EUROPE = zone(60, 'EU', 'Central European');
  const EAST_EUROPE = zone(120, 'EU', 'Eastern European');
  const ZONES = {
    UTC: zone(0, '', 'Coordinated Universal Time', 'UTC'),
    'Europe/London': zone(0, 'EU', 'Greenwich Mean'), 'Europe/Dublin': zone(0, 'EU', 'Greenwich Mean'),
    'Europe/Lisbon': zone(0, 'EU', 'Western European'),
    'America/New_York': zone(-300, 'US', 'Eastern', 'E'), 'America/Toronto': zone(-300, 'US', 'Eastern', 'E'),
    'America/Detroit': zone(-300, 'US', 'Eastern', 'E'),
    'America/Chicago': zone(-360, 'US', 'Central', 'C'), 'America/Denver': zone(-420, 'US', 'Mountain', 'M'),
    'America/Phoenix': zone(-420, '', 'Mountain Standard Time', 'MST'),
    'America/Los_Angeles': zone(-480, 'US', 'Pacific', 'P'), 'America/Vancouver': zone(-480, 'US', 'Pacific', 'P'),
    'America/Anchorage': zone(-540, 'US', 'Alaska', 'AK'), 'Pacific/Honolulu': zone(-600, '', 'Hawaii-Aleutian Standard Time', 'HST'),
    'America/Sao_Paulo': zone(-180, '', 'Brasilia Standard Time'), 'America/Mexico_City': zone(-360, '', 'Central Standard Time', 'CST'),
    'America/Bogota': zone(-300, '', 'Colombia Standard Time'), 'America/Buenos_Aires': zone(-180, '', 'Argentina Standard Time'),
    'America/Argentina/Buenos_Aires': zone(-180, '', 'Argentina Standard Time'),
    'Europe/Istanbul': zone(180, '', 'GMT+03:00'), 'Europe/Moscow': zone(180, '', 'Moscow Standard Time'),
    'Asia/Dubai': zone(240, '', 'Gulf Standard Time'), 'Asia/Karachi': zone(300, '', 'Pakistan Standard Time'),
    'Asia/Kolkata': zone(330, '', 'India Standard Time'), 'Asia/Calcutta': zone(330, '', 'India Standard Time'),
    'Asia/Dhaka': zone(360, '', 'Bangladesh Standard Time'), 'Asia/Bangkok': zone(420, '', 'Indochina Time'),
    'Asia/Jakarta': zone(420, '', 'Western Indonesia Time'), 'Asia/Ho_Chi_Minh': zone(420, '', 'Indochina Time'),
    'Asia/Shanghai': zone(480, '', 'China Standard Time'), 'Asia/Hong_Kong': zone(480, '', 'Hong Kong Standard Time'),
    'Asia/Singapore': zone(480, '', 'Singapore Standard Time'), 'Asia/Manila': zone(480, '', 'Philippine Standard Time'),
    'Asia/Taipei': zone(480, '', 'Taipei Standard Time'), 'Australia/Perth': zone(480, '', 'Australian Western Standard Time'),
    'Asia/Tokyo': zone(540, '', 'Japan Standard Time'), 'Asia/Seoul': zone(540, '', 'Korean Standard Time'),
    'Australia/Brisbane': zone(600, '', 'Australian Eastern Standard Time'),
    'Australia/Sydney': zone(600, 'AU', 'Australian Eastern'), 'Australia/Melbourne': zone(600, 'AU', 'Australian Eastern'),
    'Africa/Lagos': zone(60, '', 'West Africa Standard Time'), 'Africa/Johannesburg': zone(120, '', 'South Africa Standard Time'),
    'Africa/Nairobi': zone(180, '', 'East Africa Time'), 'Asia/Riyadh': zone(180, '', 'Arabian Standard Time'),
  };
  for (const city of ['Berlin', 'Paris', 'Madrid', 'Rome', 'Vienna', 'Zurich', 'Amsterdam', 'Brussels', 'Prague', 'Warsaw', 'Budapest', 'Stockholm', 'Oslo', 'Copenhagen', 'Belgrade', 'Zagreb']) {
    ZONES[`Europe/${city}`] = CENTRAL_EUROPE;
  }
  for (const city of ['Athens', 'Helsinki', 'Kyiv', 'Kiev', 'Bucharest', 'Sofia', 'Riga', 'Tallinn', 'Vilnius']) {
    ZONES[`Europe/${city}`] = EAST_EUROPE;
  }
  const ZONE_NAMES = new Map(Object.keys(ZONES).map((name) => [name.toLowerCase(), name]));
  for (const name of ['gmt', 'etc/utc', 'etc/gmt', 'z']) ZONE_NAMES.set(name, 'UTC');

  // The names that the C library's abbreviations stand for.
  const LOCAL_NAMES = {
    UTC: 'Coordinated Universal Time', GMT: 'Greenwich Mean Time', BST: 'British Summer Time',
    CET: 'Central European Standard Time', CEST: 'Central European Summer Time',
    EET: 'Eastern European Standard Time', EEST: 'Eastern European Summer Time',
    WET: 'Western European Standard Time', WEST: 'Western European Summer Time',
    EST: 'Eastern Standard Time', EDT: 'Eastern Daylight Time', CST: 'Central Standard Time',
    CDT: 'Central Daylight Time', MST: 'Mountain Standard Time', MDT: 'Mountain Daylight Time',
    PST: 'Pacific Standard Time', PDT: 'Pacific Daylight Time', MSK: 'Moscow Standard Time',
    IST: 'India Standard Time', JST: 'Japan Standard Time', KST: 'Korean Standard Time',
    AEST: 'Australian Eastern Standard Time', AEDT: 'Australian Eastern Daylight Time',
  };

  const nth_sunday = (year, month, nth) => {
    if (nth > 0) {
      const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
      return 1 + ((7 - first) % 7) + (nth - 1) * 7;
    }
    const last = new Date(Date.UTC(year, month + 1, 0));
    return last.getUTCDate() - last.getUTCDay();
  };

  const is_summer = ({ rule, minutes }, time) => {
    if (!rule) return false;
    const year = new Date(time + minutes * 60000).getUTCFullYear();
    const at = (month, nth, hour) => Date.UTC(year, month, nth_sunday(year, month, nth), hour);
    const shift = minutes * 60000;
    if (rule === 'EU') return time >= at(2, -1, 1) && time < at(9, -1, 1);
    if (rule === 'US') return time >= at(2, 2, 2) - shift && time < at(10, 1, 1) - shift;
    return time < at(3, 1, 2) - shift || time >= at(9, 1, 2) - shift;
  };

  const gmt_text = (minutes) => {
    if (minutes === 0) return 'GMT';
    const size = Math.abs(minutes);
    return `GMT${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${size % 60 ? `:${String(size % 60).padStart(2, '0')}` : ''}`;
  };

  const find_zone = (name) => {
    const known = ZONE_NAMES.get(`${name}`.toLowerCase());
    if (known === undefined) throw new RangeError(`Invalid time zone specified: ${name}`);
    return known;
  };

  // The date's fields in a zone; undefined is the server's own.
  const fields_of = (time, zone_name) => {
    let minutes;
    let long;
    let short;
    if (zone_name === undefined) {
      const date = new Date(time);
      minutes = -date.getTimezoneOffset();
      const winter = Math.min(-new Date(date.getFullYear(), 0, 1).getTimezoneOffset(), -new Date(date.getFullYear(), 6, 1).getTimezoneOffset());
      const name = host.zone_name(minutes > winter ? 1 : 0) ?? 'UTC';
      long = LOCAL_NAMES[name] ?? gmt_text(minutes);
      short = /^(UTC|[ECMP][SD]T)$/.test(name) ? name : gmt_text(minutes);
    } else {
      const own = ZONES[zone_name];
      const summer = is_summer(own, time);
      minutes = own.minutes + (summer ? 60 : 0);
      const us_style = own.rule === 'US' || own.rule === 'AU';
      if (!own.rule) long = own.long;
      else if (own.long === 'Greenwich Mean') long = summer ? 'British Summer Time' : 'Greenwich Mean Time';
      else long = `${own.long} ${summer ? (us_style ? 'Daylight' : 'Summer') : 'Standard'} Time`;
      short = own.rule === 'US' ? `${own.short}${summer ? 'DT' : 'ST'}` : own.short || gmt_text(minutes);
    }
    const shifted = new Date(time + minutes * 60000);
    return {
      year: shifted.getUTCFullYear(), month: shifted.getUTCMonth(), day: shifted.getUTCDate(),
      weekday: shifted.getUTCDay(), hour: shifted.getUTCHours(), minute: shifted.getUTCMinutes(),
      second: shifted.getUTCSeconds(), ms: shifted.getUTCMilliseconds(), long, short,
    };
  };

  $gantry.find_zone = find_zone;
  $gantry.fields_of = fields_of;
})();
