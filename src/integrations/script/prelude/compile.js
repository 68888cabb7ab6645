// The compiler, after acorn: checks a script and puts it in the form that runs. All changes stay
// on the line where they are made, so line numbers are the script's own. In both modes catch clauses
// hand what they caught to $gantry_error, and objects that are taken apart are looked at by
// $gantry_from first, because the engine's own error names neither the property nor the line. In
// sloppy mode names that are assigned but declared nowhere are declared in front (class bodies are
// strict, and many scripts assign globals in them), and `this` of a plain function inside a class
// body is the global object when it would be undefined.
(() => {
  'use strict';
  const { host, DONE, clean } = $gantry;
  const { parse } = globalThis.acorn;
  delete globalThis.$gantry;
  delete globalThis.acorn;

  const LOAD_FAILED = 3, COMPILE = 4;
  const SLOPPY = 0;
  // Ends any directive too: upstream puts its own code in front, so scripts' directives never held.
  const MARK = '/*gantry*/;';

  class Scope {
    constructor(parent, is_function) {
      this.parent = parent;
      this.names = new Set();
      this.function_scope = is_function ? this : parent.function_scope;
    }
    has(name) {
      for (let scope = this; scope; scope = scope.parent) if (scope.names.has(name)) return true;
      return false;
    }
  }

  // The names that a pattern binds or assigns.
  const names_in = (pattern, found = []) => {
    if (!pattern) return found;
    switch (pattern.type) {
      case 'Identifier': found.push(pattern.name); break;
      case 'ObjectPattern':
        for (const property of pattern.properties) names_in(property.value ?? property.argument, found);
        break;
      case 'ArrayPattern': for (const element of pattern.elements) names_in(element, found); break;
      case 'AssignmentPattern': names_in(pattern.left, found); break;
      case 'RestElement': names_in(pattern.argument, found); break;
    }
    return found;
  };

  const children_of = (node) => {
    const children = [];
    for (const key of Object.keys(node)) {
      const value = node[key];
      if (Array.isArray(value)) {
        for (const item of value) if (item && typeof item.type === 'string') children.push(item);
      } else if (value && typeof value.type === 'string') children.push(value);
    }
    return children;
  };

  class Compiler {
    constructor(source, is_sloppy) {
      this.source = source;
      this.is_sloppy = is_sloppy;
      this.edits = []; // {at, end, text}
      this.assigned = []; // {names, scope}
    }

    compile() {
      const tree = parse(this.source, { ecmaVersion: 'latest', sourceType: 'script' });
      const top = new Scope(null, true);
      for (const statement of tree.body) this.visit(statement, top, { in_class: false, own_this: null });
      const undeclared = new Set();
      for (const { names, scope } of this.assigned) {
        for (const name of names) if (!scope.has(name)) undeclared.add(name);
      }
      const head = this.is_sloppy && undeclared.size ? `var ${[...undeclared].join()};` : '';
      return MARK + head + this.edited();
    }

    edited() {
      this.edits.sort((a, b) => a.at - b.at);
      let text = '';
      let done = 0;
      for (const { at, end, text: inserted } of this.edits) {
        if (at < done) continue; // inside a pattern that has moved as it was
        text += this.source.slice(done, at) + inserted;
        done = end;
      }
      return text + this.source.slice(done);
    }

    insert(at, text) { this.edits.push({ at, end: at, text }); }

    // The arguments of $gantry_from for a pattern: its first property and, as V8 has it when
    // nothing was transpiled, the text of what is taken apart. Nothing for other patterns.
    from_arguments(pattern, printed) {
      const first = pattern.properties[0];
      if (!first || first.type !== 'Property' || first.computed) return undefined;
      const key = JSON.stringify(`${first.key.name ?? first.key.value}`);
      return this.is_sloppy || printed === undefined ? `,${key})` : `,${key},${JSON.stringify(printed)})`;
    }

    // A pattern without a default gets one that throws.
    edit_inner_pattern(pattern, printed) {
      if (pattern?.type !== 'ObjectPattern') return;
      const given = this.from_arguments(pattern, printed);
      if (given) this.insert(pattern.end, `=$gantry_from(void 0${given}`);
    }

    // `pattern = taken`: visits the parts, with `taken` handed to $gantry_from.
    visit_taken_apart(node, pattern, taken, scope, where) {
      const text = this.source.slice(taken.start, taken.end);
      const printed = /^[\w$.]{1,80}$/.test(text) ? text : '(intermediate value)';
      const given = this.from_arguments(pattern, printed);
      if (given) this.insert(taken.start, '$gantry_from(');
      for (const child of children_of(node)) this.visit(child, scope, where);
      if (given) this.insert(taken.end, given);
    }

    // `where`: in_class, and own_this = {uses} of the plain function whose `this` is meant.
    visit(node, scope, where) {
      switch (node.type) {
        case 'FunctionDeclaration':
          scope.names.add(node.id.name);
          scope.function_scope.names.add(node.id.name);
          return this.visit_function(node, scope, where, true);
        case 'FunctionExpression':
          return this.visit_function(node, scope, where, true);
        case 'ArrowFunctionExpression':
          return this.visit_function(node, scope, where, false);
        case 'ClassDeclaration':
        case 'ClassExpression':
          return this.visit_class(node, scope, where);
        case 'VariableDeclaration': {
          const target = node.kind === 'var' ? scope.function_scope : scope;
          for (const { id } of node.declarations) for (const name of names_in(id)) target.names.add(name);
          break;
        }
        case 'AssignmentExpression':
          if (node.operator === '=') this.assigned.push({ names: names_in(node.left), scope });
          if (node.left.type === 'ObjectPattern') return this.visit_taken_apart(node, node.left, node.right, scope, where);
          break;
        case 'VariableDeclarator':
          if (node.init && node.id.type === 'ObjectPattern') return this.visit_taken_apart(node, node.id, node.init, scope, where);
          break;
        case 'ObjectPattern':
          for (const property of node.properties) this.edit_inner_pattern(property.value);
          break;
        case 'ArrayPattern':
          for (const element of node.elements) this.edit_inner_pattern(element);
          break;
        case 'ForInStatement':
        case 'ForOfStatement':
          scope = new Scope(scope, false);
          if (node.left.type !== 'VariableDeclaration') this.assigned.push({ names: names_in(node.left), scope });
          break;
        case 'BlockStatement':
        case 'ForStatement':
        case 'SwitchStatement':
        case 'StaticBlock':
          scope = new Scope(scope, false);
          break;
        case 'CatchClause':
          scope = new Scope(scope, false);
          for (const name of names_in(node.param)) scope.names.add(name);
          this.edit_catch(node);
          break;
        case 'ThisExpression':
          where.own_this?.uses.push(node);
          return;
      }
      for (const child of children_of(node)) this.visit(child, scope, where);
    }

    visit_function(node, scope, where, is_plain) {
      const inner = new Scope(scope, true);
      if (node.type === 'FunctionExpression' && node.id) inner.names.add(node.id.name);
      if (is_plain) inner.names.add('arguments');
      for (const param of node.params) for (const name of names_in(param)) inner.names.add(name);
      const own_this = is_plain ? { uses: [] } : where.own_this;
      for (const param of node.params) {
        this.edit_inner_pattern(param, 'undefined');
        this.visit(param, inner, { in_class: where.in_class, own_this: is_plain ? null : own_this });
      }
      const inside = { in_class: where.in_class, own_this: where.in_class && this.is_sloppy ? own_this : null };
      if (node.body.type === 'BlockStatement') {
        for (const statement of node.body.body) this.visit(statement, inner, inside);
      } else {
        this.visit(node.body, inner, inside);
      }
      if (!is_plain || !own_this.uses.length || node.body.body[0]?.directive) return;
      const after_brace = node.body.start + 1;
      this.insert(after_brace, 'const $gantry_this=this??globalThis;');
      for (const use of own_this.uses) this.edits.push({ at: use.start, end: use.end, text: '$gantry_this' });
    }

    visit_class(node, scope, where) {
      if (node.id) scope.names.add(node.id.name);
      if (node.superClass) this.visit(node.superClass, scope, where);
      for (const member of node.body.body) {
        const inside = { in_class: true, own_this: null };
        if (member.type === 'StaticBlock') {
          this.visit(member, scope, inside);
          continue;
        }
        if (member.computed) this.visit(member.key, scope, where);
        if (!member.value) continue;
        // A method's own `this` is what it is called on; functions inside it are plain.
        if (member.type === 'MethodDefinition') this.visit_method(member.value, scope);
        else this.visit(member.value, scope, inside);
      }
    }

    visit_method(node, scope) {
      const inner = new Scope(scope, true);
      inner.names.add('arguments');
      for (const param of node.params) for (const name of names_in(param)) inner.names.add(name);
      for (const param of node.params) this.edit_inner_pattern(param, 'undefined');
      const inside = { in_class: true, own_this: null };
      for (const child of [...node.params, ...node.body.body]) this.visit(child, inner, inside);
    }

    edit_catch(node) {
      const after_brace = node.body.start + 1;
      if (!node.param) return;
      if (node.param.type === 'Identifier') {
        this.insert(after_brace, `$gantry_error(${node.param.name});`);
        return;
      }
      const pattern = this.source.slice(node.param.start, node.param.end);
      this.edits.push({ at: node.param.start, end: node.param.end, text: '$gantry_caught' });
      this.insert(after_brace, `let ${pattern}=$gantry_error($gantry_caught);`);
    }
  }

  const refuse = (name, message, stack) => host.done(DONE.not_compiled, clean(name), clean(message), clean(stack));

  const refuse_syntax = (error, source) => {
    const line = error.loc.line;
    const column = error.loc.column;
    const text = source.split('\n')[line - 1].replace(/\r$/, '');
    const number = `${line}`;
    // A window of a very long line.
    const from = Math.max(0, column - 60);
    const stack = [
      `SyntaxError: ${error.message}`,
      `    at script.js:${line}:${column + 1}`,
      `    ${number} | ${text.slice(from, from + 120)}`,
      `    ${' '.repeat(number.length)} | ${' '.repeat(column - from)}^`,
    ].join('\n');
    refuse('SyntaxError', error.message, stack);
  };

  const compile = (source, mode) => {
    let code;
    try {
      code = new Compiler(source, mode === SLOPPY).compile();
    } catch (error) {
      if (error instanceof SyntaxError && error.loc) refuse_syntax(error, source);
      else if (error instanceof InternalError && error.message === 'stack overflow') refuse('RangeError', 'the script is too deeply nested', 'RangeError: the script is too deeply nested');
      else refuse(error.name, error.message, `${error.name}: ${error.message}`);
      return;
    }
    host.done(DONE.compiled, clean(code));
  };

  return (what, a, b) => {
    if (what === COMPILE) compile(a, b);
    else if (what === LOAD_FAILED) refuse(a.name, a.message, `${a.name}: ${a.message}\n${a.stack}`.trimEnd());
  };
})();
