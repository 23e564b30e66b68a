"""What is to be sent: messages written in the transaction of the fact, rendered and sent afterwards.

Words: a *message* is the intent to tell one address something; its *snapshot* is what to say, kept
encrypted and erased once sent (it may hold a link's token); an *attempt* is one try to send it.

A message is sent at least once: a worker that dies between sending and noting so leaves a message
that is sent again under the same Message-ID, by which mail programs recognise the repeat.
"""
