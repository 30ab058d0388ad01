// SPDX-License-Identifier: GPL-2.0-or-later
// A program that has traced itself with OpenTelemetry since before anybody judged its runs: it takes
// the words of one file out of another.  It knows nothing of joboutliers, and where its spans go is
// in the environment (OTEL_EXPORTER_OTLP_ENDPOINT), as with any program of the kind.  A trace that it
// is started in (TRACEPARENT) is continued.
//
// usage: word_filter.js FILTER-WORDS TEXT
'use strict';
const fs = require('fs');
const { context, propagation, trace, ROOT_CONTEXT } = require('@opentelemetry/api');
const { NodeTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
const { resourceFromAttributes } = require('@opentelemetry/resources');

const provider = new NodeTracerProvider({
	resource: resourceFromAttributes({ 'service.name': 'word-filter', 'user.name': process.env.USER }),
	spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer('word-filter');

// As OpenTelemetry carries a context in the environment.
const parent = propagation.extract(ROOT_CONTEXT, {
	traceparent: process.env.TRACEPARENT,
	tracestate: process.env.TRACESTATE,
});

const [wordsPath, textPath] = process.argv.slice(2);
const main = tracer.startSpan('main', {}, parent);
context.with(trace.setSpan(parent, main), () => {
	const [filterWords, words] = tracer.startActiveSpan('load', (span) => {
		const read = [wordsPath, textPath].map((path) => fs.readFileSync(path, 'utf8').trim().split(/\s+/));
		span.end();
		return read;
	});
	main.setAttribute('input_size', fs.statSync(textPath).size);
	main.setAttribute('filter_words_count', filterWords.length);

	const left = tracer.startActiveSpan('remove_filter_words', (span) => {
		const kept = words.filter((word) => !filterWords.some((filter) => new RegExp(`^${filter}$`).test(word)));
		span.end();
		return kept;
	});
	tracer.startActiveSpan('output', (span) => {
		process.stdout.write(`${left.length} words are left\n`);
		span.end();
	});
});
main.setAttribute('max_rss', process.resourceUsage().maxRSS);
main.end();
provider.shutdown();
