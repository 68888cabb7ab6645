class Script { process_incoming_request({ request }) { return request.content.people.sort((a, b) => b.age - a.age || a.name.localeCompare(b.name)).map((p) => p.name); } }
