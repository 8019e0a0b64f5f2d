using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Controllers;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access.Audit;

/// <summary>
/// Decides at the start which operations are logged: every one that needs the scope <c>admin</c> and does more than read, and those that carry
/// <see cref="AuditedAttribute"/>. Nobody can forget one.
/// </summary>
internal sealed class AuditConvention : IActionModelConvention
{
    /// <summary>Under this key an operation's properties hold its <see cref="AuditedAttribute"/>.</summary>
    public static readonly object Key = new();

    public void Apply(ActionModel action)
    {
        if (action.Attributes.OfType<AuditedAttribute>().SingleOrDefault() is { } named)
            action.Properties[Key] = named;
        else if (action.Controller.Attributes.Concat(action.Attributes).OfType<IAuthorizeData>().Any(a => a.Policy == ScopeNames.Admin) && !IsRead(action))
            action.Properties[Key] = new AuditedAttribute(NameOf(action.Controller.ControllerName, action.ActionName));
    }

    /// <summary>What the log calls an operation, logged or not.</summary>
    public static string NameOf(ControllerActionDescriptor operation) =>
        operation.Properties.TryGetValue(Key, out var found) && found is AuditedAttribute audited ? audited.Action : NameOf(operation.ControllerName, operation.ActionName);

    private static string NameOf(string controller, string action) =>
        $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(controller)}.{JsonNamingPolicy.SnakeCaseLower.ConvertName(action)}";

    private static bool IsRead(ActionModel action) => action.Selectors.All(s =>
        s.ActionConstraints.OfType<HttpMethodActionConstraint>().SelectMany(c => c.HttpMethods).All(HttpMethods.IsGet));
}
