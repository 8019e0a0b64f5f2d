using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace TokenFactory.Api.Hosting;

/// <summary>Controllers stay internal like everything that is not on the wire; MVC by itself would take public ones only.</summary>
internal sealed class InternalControllers : ControllerFeatureProvider
{
    protected override bool IsController(TypeInfo typeInfo) =>
        typeInfo is { IsClass: true, IsAbstract: false } && typeof(ControllerBase).IsAssignableFrom(typeInfo);
}
