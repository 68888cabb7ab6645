class Script { process_incoming_request() { const last = Store.get('last'); Store.set('last', new Date(1000)); return last ? [last instanceof Date, last.getTime()] : 'first'; } }
