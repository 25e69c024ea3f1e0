"""A resource that no SAP description has, as an overlay: what the harness does with it follows from the description."""

from lmconform.contract.openapi import Contract

OVERLAY = r"""
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
            '201':
              description: Made.
              content: {application/json: {schema: {$ref: '#/components/schemas/Widget'}}}
              links:
                TheWidget: {operationId: getWidget, parameters: {widgetId: $response.body#/id}}
                ChangeTheWidget: {operationId: modifyWidget, parameters: {widgetId: $response.body#/id}}
                DeleteTheWidget: {operationId: deleteWidget, parameters: {widgetId: $response.body#/id}}
      /lm/widgets/{widgetId}:
        parameters:
          - $ref: '#/components/parameters/ResourceGroup'
          - {name: widgetId, in: path, required: true, schema: {$ref: '#/components/schemas/WidgetId'}}
        get:
          operationId: getWidget
          responses:
            '200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/Widget'}}}}
        patch:
          operationId: modifyWidget
          requestBody:
            required: true
            content: {application/json: {schema: {$ref: '#/components/schemas/WidgetModification'}}}
          responses: {'202': {description: Changed.}}
        delete:
          operationId: deleteWidget
          responses: {'202': {description: Going.}}
  - target: $.components.schemas
    update:
      WidgetId: {type: string, pattern: '^[\w.-]{4,64}$'}
      Widget:
        type: object
        required: [id]
        properties: {id: {$ref: '#/components/schemas/WidgetId'}, name: {type: string}, status: {type: string}}
      WidgetCreation:
        type: object
        required: [name, configurationId]
        properties:
          name: {type: string, maxLength: 256}
          configurationId: {$ref: '#/components/schemas/ConfigurationId'}
          size: {type: integer, minimum: 1, maximum: 9}
          colour: {type: string, enum: [red, blue]}
      WidgetModification: {type: object, properties: {size: {type: integer, minimum: 1, maximum: 9}}}
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


def overlay_file(folder, *more):
    """The overlay as a file; ``more`` are further actions."""
    file = folder / "widgets.overlay.yaml"
    file.write_text("".join((OVERLAY, *more)), encoding="utf-8")
    return file


def with_widgets(folder, *more):
    """The contract with widgets; ``more`` are further actions of the overlay."""
    return Contract.load(overlays=[overlay_file(folder, *more)])
