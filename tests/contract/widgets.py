"""A resource that no SAP description has, as an overlay: what the harness does with it follows from the description."""

from lmconform.contract import bundle, overlay
from lmconform.contract.openapi import Contract

OVERLAY = """
overlay: 1.0.0
info: {title: Widgets, version: 1.0.0}
actions:
  - target: $.paths
    update:
      /lm/widgets:
        get:
          operationId: listWidgets
          parameters: &group [{$ref: '#/components/parameters/ResourceGroup'}]
          responses:
            '200': {description: All., content: {application/json: {schema: {$ref: '#/components/schemas/WidgetList'}}}}
        post:
          operationId: createWidget
          x-lm-effect: write
          parameters: *group
          requestBody:
            required: true
            content: {application/json: {schema: {$ref: '#/components/schemas/WidgetCreation'}}}
          responses:
            '201': {description: Made., content: {application/json: {schema: {$ref: '#/components/schemas/Widget'}}}}
      /lm/widgets/{widgetId}:
        parameters:
          - $ref: '#/components/parameters/ResourceGroup'
          - {name: widgetId, in: path, required: true, schema: {type: string}}
        get:
          operationId: getWidget
          responses:
            '200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/Widget'}}}}
        patch:
          operationId: modifyWidget
          requestBody:
            required: true
            content: {application/json: {schema: {type: object}}}
          responses: {'202': {description: Changed.}}
        delete:
          operationId: deleteWidget
          responses: {'202': {description: Going.}}
  - target: $.components.schemas
    update:
      Widget: {type: object, required: [id], properties: {id: {type: string}, status: {type: string}}}
      WidgetCreation: {type: object, properties: {name: {type: string}}}
      WidgetList:
        type: object
        properties: {count: {type: integer}, resources: {type: array, items: {$ref: '#/components/schemas/Widget'}}}
"""

# What a description may say besides: a capability, a cost, a life that something stops.
ALIVE = """
  - target: $.paths['/lm/widgets']
    update:
      x-lm-capability: aiApi.capabilities.widgets
      x-lm-life:
        initial: NEW
        goal: BUSY
        transitions: {NEW: [BUSY], BUSY: [STOPPED], STOPPED: []}
        stoppable: [BUSY]
        deletable: [NEW, STOPPED]
  - target: $.paths['/lm/widgets'].post
    update:
      x-lm-cost: {runs: until-stopped}
  - target: $.components.links
    update:
      StopTheWidget:
        operationId: modifyWidget
        parameters: {widgetId: $response.body#/id}
        requestBody: {halt: STOPPED}
  - target: $.components.schemas.Capabilities.properties.capabilities.properties
    update:
      widgets: {type: [boolean, 'null'], default: false}
"""


def with_widgets(folder, *more):
    """The contract with widgets; ``more`` are further actions of the overlay."""
    file = folder / "widgets.overlay.yaml"
    file.write_text("".join((OVERLAY, *more)), encoding="utf-8")
    document = bundle.read_yaml(bundle.root() / "specs" / "lm" / "openapi.yaml")
    return Contract(overlay.apply(document, file))
